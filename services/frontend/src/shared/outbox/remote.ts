import { api, type Answered } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Exercise } from "@/shared/api/schemas";
import type { Remote, Tagged } from "./deliver";

/** The Workout API, for one person. `isLeaving` lets a request end after its page. */
export function remote(who: string, isLeaving: () => boolean): Remote {
  const at = (id: number) => ({ path: { exercise_id: id } });
  return {
    get: async (id) => {
      try {
        return tagged(await api("get", "/exercises/{exercise_id}", { params: at(id), who }));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    add: async (body, key) => {
      const headers = { "Idempotency-Key": key };
      return tagged(await api("post", "/exercises", { body, headers, keepalive: isLeaving(), who }));
    },
    edit: async (id, body, etag) => {
      const headers = { "If-Match": etag };
      const options = { params: at(id), body, headers, keepalive: isLeaving(), who };
      return tagged(await api("patch", "/exercises/{exercise_id}", options));
    },
    remove: async (id, etag) => {
      const headers = { "If-Match": etag };
      const options = { params: at(id), headers, keepalive: isLeaving(), who };
      await api("delete", "/exercises/{exercise_id}", options);
    },
  };
}

function tagged({ data, headers }: Answered<Exercise>): Tagged {
  // A proxy that compresses makes a strong tag weak, and If-Match takes none but strong ones.
  return { exercise: data, etag: (headers.get("ETag") ?? "").replace(/^W\//, "") };
}
