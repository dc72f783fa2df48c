/** A W3C trace context: what people quote when they ask for help is its trace id. */
interface Trace {
  id: string;
  header: string;
}

export function newTrace(): Trace {
  const id = hex(16);
  return { id, header: `00-${id}-${hex(8)}-01` };
}

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
