import { useQuery } from "@tanstack/react-query";
import { apiJson } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { useSession } from "@/shared/session/session";

/** A run of a task, as far as this app shows it. */
export interface Run {
  id: string;
  task: string;
  status: string;
  started_at: string | null;
  finished_at: string | null;
  error?: string | null;
}

/** The last runs for admins; null where the API has no jobs. */
export function useRuns() {
  const session = useSession();
  const isAdmin = session.status === "in" && session.who.role === "admin";
  return useQuery({
    queryKey: ["jobs"],
    enabled: isAdmin,
    refetchInterval: 5_000,
    queryFn: async (): Promise<Run[] | null> => {
      try {
        const answer = await apiJson<Run[] | { items?: Run[]; runs?: Run[] }>("GET", "/admin/jobs");
        return Array.isArray(answer) ? answer : (answer.items ?? answer.runs ?? []);
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
}
