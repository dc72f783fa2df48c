import { useEffect } from "react";
import { createStore, useStore } from "@/shared/store";
import type { Catalogue } from "./catalogue";
import catalogueUrl from "./catalogue.json?url";
import { muscles, type Muscles } from "./week";

const loaded = createStore<Muscles | null>(null);
let loading: Promise<void> | null = null;

/** What names work; null until the catalogue is there, which nothing waits for. */
export function useMuscles(): Muscles | null {
  useEffect(() => {
    loading ??= load().catch(() => {
      loading = null;
    });
  }, []);
  return useStore(loaded);
}

/** As data and not as code: parsed faster, and no part of the script that must be there first. */
async function load(): Promise<void> {
  const response = await fetch(catalogueUrl);
  loaded.set(muscles((await response.json()) as Catalogue));
}
