import "@fontsource-variable/geist/wght.css";
import "./app/tokens.css";
import "./app/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { isPassing, Problem } from "@/shared/api/problem";
import { startOutbox } from "@/shared/outbox/outbox";
import { forgetWhoeverLeaves } from "./app/leaving";
import { PageBoundary } from "./app/page-failed";
import { Shell } from "./app/shell";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: "always", // the browser's opinion of the network says nothing about a tracker at home
      retry: (failures, error) => failures < 2 && isPassing(error) && !(error instanceof Problem && error.status === 429),
      retryDelay: (failures) => 500 * 2 ** failures,
    },
    mutations: { networkMode: "always" },
  },
});

forgetWhoeverLeaves(client);
startOutbox();

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <PageBoundary>
        <Shell />
      </PageBoundary>
    </QueryClientProvider>
  </StrictMode>,
);

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
}
