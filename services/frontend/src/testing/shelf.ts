import type { Exercise } from "@/shared/api/schemas";
import { json, problem, type Sent } from "./wire";

/** Exercises behind the routes of the Workout API, with its rules on tags and on keys. */
export class Shelf {
  readonly rows = new Map<number, { exercise: Exercise; version: number }>();
  private readonly keys = new Map<string, number>();
  private last = 0;

  put(values: Partial<Exercise> = {}): Exercise {
    const id = ++this.last;
    const exercise = { name: `Row ${id}`, sets: 3, reps: 10, weight: 20, workout_day: "A", ...values, id };
    this.rows.set(id, { exercise, version: 1 });
    return exercise;
  }

  change(id: number, values: Partial<Exercise>): void {
    const row = this.rows.get(id);
    if (row) this.rows.set(id, { exercise: { ...row.exercise, ...values }, version: row.version + 1 });
  }

  named(name: string): Exercise[] {
    return [...this.rows.values()].map((row) => row.exercise).filter((one) => one.name === name);
  }

  answer = (sent: Sent): Response => {
    const { pathname, searchParams } = new URL(sent.path, "http://api");
    const id = Number(/^\/api\/exercises\/(\d+)$/.exec(pathname)?.[1]);
    if (id) return this.one(id, sent);
    return sent.method === "POST" ? this.add(sent) : this.page(Number(searchParams.get("page")), Number(searchParams.get("page_size")));
  };

  private one(id: number, { method, headers, body }: Sent): Response {
    const row = this.rows.get(id);
    if (!row) return problem(404, { detail: "Exercise not found" });
    if (method === "GET") return this.tagged(id);
    if (headers.get("If-Match") !== `"${id}.${row.version}"`) return problem(412);
    if (method === "DELETE") {
      this.rows.delete(id);
      return new Response(null, { status: 204 });
    }
    if ((body as Partial<Exercise>).sets === 101) return problem(422, { detail: "The request is invalid" });
    this.change(id, body as Partial<Exercise>);
    return this.tagged(id);
  }

  private add({ headers, body }: Sent): Response {
    const key = headers.get("Idempotency-Key") ?? "";
    const id = this.keys.get(key) ?? this.put(body as Partial<Exercise>).id;
    this.keys.set(key, id);
    return this.tagged(id, 201);
  }

  private tagged(id: number, status = 200): Response {
    const row = this.rows.get(id);
    return json(row?.exercise, status, { ETag: `"${id}.${row?.version ?? 0}"` });
  }

  private page(page: number, size: number): Response {
    const all = [...this.rows.values()].map((row) => row.exercise);
    return json({ page, page_size: size, total: all.length, items: all.slice((page - 1) * size, page * size) });
  }
}
