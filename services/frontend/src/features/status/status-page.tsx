import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { api, coach } from "@/shared/api/client";
import { status as words } from "@/shared/strings/status";
import { Button } from "@/shared/ui/controls";
import { PageHead } from "@/shared/ui/page-head";
import { aboutApi, aboutCoach } from "./health";
import { Service } from "./service";
import { WorkerStatus } from "./worker-status";
import css from "./status-page.module.css";

const EVERY = 30_000;

export function StatusPage() {
  const client = useQueryClient();
  const common = { refetchInterval: EVERY, retry: false } as const;
  const apiHealth = useQuery({ ...common, queryKey: ["health", "api"], queryFn: async () => (await api("get", "/health")).data });
  const coachHealth = useQuery({
    ...common,
    queryKey: ["health", "coach"],
    queryFn: async () => (await coach("get", "/health")).data,
  });
  const again = () => {
    void apiHealth.refetch();
    void coachHealth.refetch();
    void client.invalidateQueries({ queryKey: ["jobs"] });
  };
  const at = Math.max(apiHealth.dataUpdatedAt, apiHealth.errorUpdatedAt);
  return (
    <>
      <PageHead title={words.title} summary={at ? words.asOf(new Date(at).toLocaleTimeString()) : words.asking}>
        <Button onClick={again}>
          <RefreshCw size={18} aria-hidden />
          {words.refresh}
        </Button>
      </PageHead>
      <ul className={css.services}>
        <Service
          name={words.services.api}
          about={apiHealth.isPending ? null : aboutApi(apiHealth.data, apiHealth.error)}
          error={apiHealth.error}
        />
        <Service
          name={words.services.coach}
          about={coachHealth.isPending ? null : aboutCoach(coachHealth.data, coachHealth.error)}
          error={coachHealth.error}
        />
        <WorkerStatus />
      </ul>
    </>
  );
}
