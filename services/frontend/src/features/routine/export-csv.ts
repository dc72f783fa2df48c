import { apiFile } from "@/shared/api/client";

/** Save the routine as the API writes it. Fetched and not linked to, for the token travels in a header. */
export async function exportCsv(): Promise<void> {
  const response = await apiFile("/exercises/export");
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = "exercises.csv";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
