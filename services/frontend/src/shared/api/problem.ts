/** What a service says when it cannot do something (RFC 9457). */
interface ProblemBody {
  type?: string;
  title?: string;
  detail?: string;
  request_id?: string;
  trace_id?: string;
  errors?: { field: string; message: string }[];
}

/** A service answered, and the answer is no. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly status: number,
    readonly body: ProblemBody,
    readonly retryAfter: number | null,
  ) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
  }

  /** What whoever helps can look up in the logs. */
  get reference(): string | undefined {
    return this.body.trace_id ?? this.body.request_id;
  }

  fieldMessage(field: string): string | undefined {
    return this.body.errors?.find((error) => error.field === field)?.message;
  }
}

/** No answer came: the network or the service is away, or it took too long. */
export class NoAnswer extends Error {
  override name = "NoAnswer";

  constructor(
    readonly reference: string | undefined,
    readonly timedOut: boolean,
  ) {
    super(timedOut ? "It took too long to answer." : "It cannot be reached.");
  }
}

export async function problemOf(response: Response, reference: string): Promise<Problem> {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const text = await response.text().catch(() => "");
  return new Problem(response.status, parse(text, reference), Number.isFinite(seconds) ? seconds : null);
}

function parse(text: string, reference: string): ProblemBody {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return { trace_id: reference, ...body };
  } catch {
    // A proxy's HTML page, or nothing at all: the status has to do.
  }
  return { trace_id: reference };
}

/** Worth trying again later without anybody doing anything. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  return error instanceof Problem && (error.status >= 500 || error.status === 429 || error.status === 408);
}

/** Where there is something to look up: a wrong password needs nobody's help. */
export function referenceOf(error: unknown): string | undefined {
  if (error instanceof Problem && error.status === 401) return undefined;
  return error instanceof Problem || error instanceof NoAnswer ? error.reference : undefined;
}
