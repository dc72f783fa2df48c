import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleHelp, CircleX, RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { api, coach } from "@/shared/api/client";
import { referenceOf } from "@/shared/api/problem";
import { status as words } from "@/shared/strings/status";
import { Button } from "@/shared/ui/controls";
import { Reference, Skeleton } from "@/shared/ui/feedback";
import { PageHead } from "@/shared/ui/page-head";
import { aboutApi, aboutCoach, type About } from "./health";
import { WorkerStatus } from "./worker-status";
import css from "./status-page.module.css";

const EVERY = 30_000;
const ICONS = { good: CircleCheck, partly: TriangleAlert, bad: CircleX, unknown: CircleHelp };

export function StatusPage() {
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
  };
  const at = Math.max(apiHealth.dataUpdatedAt, apiHealth.errorUpdatedAt);
  return (
    <>
      <PageHead title={words.title} summary={at ? words.asOf(new Date(at).toLocaleTimeString()) : ""}>
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

interface ServiceProps {
  name: string;
  about: About | null;
  error?: unknown;
  children?: ReactNode;
}

export function Service({ name, about, error, children }: ServiceProps) {
  const Icon = ICONS[about?.verdict ?? "unknown"];
  const reference = referenceOf(error);
  return (
    <li className={css.service} data-verdict={about?.verdict ?? "unknown"}>
      <Icon size={24} aria-hidden />
      <div className={css.about}>
        <h2>{name}</h2>
        {about ? (
          <>
            <p className={css.verdict}>{words.words[about.verdict]}</p>
            {about.sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </>
        ) : (
          <Skeleton width={240} height={48} />
        )}
        {children}
        {reference && <Reference id={reference} />}
      </div>
    </li>
  );
}
