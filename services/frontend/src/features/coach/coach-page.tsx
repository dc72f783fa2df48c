import { Link } from "wouter";
import { useRoutine } from "@/shared/exercises";
import { query, useAddress } from "@/shared/navigation";
import { coach } from "@/shared/strings/coach";
import { PageHead } from "@/shared/ui/page-head";
import { Analysis } from "./analysis";
import { ChatPanel } from "./chat-panel";
import { PlanPanel } from "./plan-panel";
import { coachSearch, VIEWS } from "./views";
import css from "./coach-page.module.css";

/** All three stay in place while another is looked at: an answer that is under way goes on. */
export function CoachPage() {
  const [{ view = "chat" }] = useAddress(coachSearch);
  const routine = useRoutine();
  const rows = routine.rows ?? [];
  return (
    <>
      <PageHead title={coach.title} summary={coach.summary} />
      <nav className={css.tabs} aria-label={coach.tabsLabel}>
        {VIEWS.map((one) => (
          <Link
            key={one}
            href={`/coach${query(one === "chat" ? {} : { view: one })}`}
            className={css.tab}
            aria-current={one === view ? "true" : undefined}
          >
            {coach.tabs[one]}
          </Link>
        ))}
      </nav>
      <div hidden={view !== "chat"}>
        <ChatPanel rows={rows} />
      </div>
      <div hidden={view !== "plan"}>
        <PlanPanel routine={routine} />
      </div>
      <div hidden={view !== "analysis"}>
        <Analysis />
      </div>
    </>
  );
}
