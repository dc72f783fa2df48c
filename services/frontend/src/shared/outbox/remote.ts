import { api, type Answered } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Exercise } from "@/shared/api/schemas";
import type { Remote, Tagged } from "./deliver";

/** The Workout API. `isLeaving` lets a request end after its page. */
export function remote(isLeaving: () => boolean): Remote {
  const at = (id: number) => ({ path: { exercise_id: id } });
  return {
    get: async (id) => {
      try {
        return tagged(await api("get", "/exercises/{exercise_id}", { params: at(id) }));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    add: async (body, key) => {
      const headers = { "Idempotency-Key": key };
      return tagged(await api("post", "/exercises", { body, headers, keepalive: isLeaving() }));
    },
    edit: async (id, body, etag) => {
      const headers = { "If-Match": etag };
      const options = { params: at(id), body, headers, keepalive: isLeaving() };
      return tagged(await api("patch", "/exercises/{exercise_id}", options));
    },
    remove: async (id, etag) => {
      const headers = { "If-Match": etag };
      await api("delete", "/exercises/{exercise_id}", { params: at(id), headers, keepalive: isLeaving() });
    },
  };
}

function tagged({ data, headers }: Answered<Exercise>): Tagged {
  // A proxy that compresses makes a strong tag weak, and If-Match takes none but strong ones.
  return { exercise: data, etag: (headers.get("ETag") ?? "").replace(/^W\//, "") };
}
