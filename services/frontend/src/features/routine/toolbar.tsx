import { useState, type RefObject } from "react";
import { Download, SlidersHorizontal } from "lucide-react";
import { useAddress } from "@/shared/navigation";
import { GROUP_NAMES } from "@/shared/strings/common";
import { routine } from "@/shared/strings/routine";
import { Button, Select, TextField } from "@/shared/ui/controls";
import { ErrorNote } from "@/shared/ui/feedback";
import { exportCsv } from "./export-csv";
import { routineSearch, SORTS } from "./view";
import css from "./toolbar.module.css";

const MUSCLES = Object.entries(GROUP_NAMES);

interface Props {
  searchField: RefObject<HTMLInputElement | null>;
  isOpen: boolean;
  onFold: (isOpen: boolean) => void;
}

/** Search, filter and order; all of it stands in the address. Folded away on a phone until it is asked for. */
export function Toolbar({ searchField, isOpen, onFold }: Props) {
  const [search, setSearch] = useAddress(routineSearch);
  const change = (changes: Record<string, string>) => setSearch(routineSearch({ ...search, ...changes }));
  return (
    <search className={css.bar} aria-label={routine.tools}>
      <Button look="quiet" className={css.fold ?? ""} aria-expanded={isOpen} onClick={() => onFold(!isOpen)}>
        <SlidersHorizontal size={18} aria-hidden />
        {routine.tools}
      </Button>
      <div className={css.fields} data-open={isOpen}>
      <div className={css.search}>
        <TextField
          ref={searchField}
          label={routine.search}
          type="search"
          aria-keyshortcuts="/"
          value={search.q ?? ""}
          onChange={(event) => change({ q: event.target.value })}
        />
      </div>
      <Select
        label={routine.muscle}
        value={search.muscle ?? ""}
        options={[["", routine.allMuscles], ...MUSCLES]}
        onChange={(event) => change({ muscle: event.target.value })}
      />
      <Select
        label={routine.sort}
        value={search.sort ?? "id"}
        options={SORTS.map((sort) => [sort, routine.sorts[sort]] as const)}
        onChange={(event) => change({ sort: event.target.value })}
      />
      <Export />
      </div>
    </search>
  );
}

function Export() {
  const [error, setError] = useState<unknown>(null);
  const run = () => void exportCsv().then(() => setError(null), setError);
  return (
    <>
      <Button className={css.export ?? ""} onClick={run}>
        <Download size={18} aria-hidden />
        {routine.export}
      </Button>
      {error !== null && (
        <div className={css.error}>
          <ErrorNote error={error} onRetry={run} />
        </div>
      )}
    </>
  );
}
