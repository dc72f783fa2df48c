import { Link } from "wouter";
import { query } from "@/shared/navigation";
import { routine } from "@/shared/strings/routine";
import type { RoutineSearch } from "./view";
import css from "./day-tabs.module.css";

/** Which day to look at; links, so that the address says so. */
export function DayTabs({ days, search }: { days: string[]; search: RoutineSearch }) {
  if (days.length < 2) return null;
  return (
    <nav className={css.tabs} aria-label={routine.days}>
      <ul>
        {[undefined, ...days].map((day) => (
          <li key={day ?? ""}>
            <Link
              href={`/${query({ ...search, day })}`}
              replace
              className={css.tab}
              aria-current={search.day === day ? "true" : undefined}
            >
              {day ?? routine.allDays}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
