import { useQueryClient } from "@tanstack/react-query";
import { Activity, Dumbbell, MessageCircle, ShieldCheck, UserRound } from "lucide-react";
import { useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { useArrivals } from "@/shared/exercises";
import { useSession, whoIs } from "@/shared/session/session";
import { common } from "@/shared/strings/common";
import { Mark } from "./mark";
import { Pages, preload } from "./pages";
import { SessionExpired } from "./session-expired";
import { SyncState } from "./sync-state";
import { UndoBar } from "./undo-bar";
import css from "./shell.module.css";

const PLACES = [
  { to: "/", name: common.pages.routine, Icon: Dumbbell },
  { to: "/coach", name: common.pages.coach, Icon: MessageCircle },
  { to: "/status", name: common.pages.status, Icon: Activity },
  { to: "/account", name: common.pages.account, Icon: UserRound },
] as const;
const ADMIN = { to: "/admin", name: common.pages.admin, Icon: ShieldCheck } as const;

/** What stands around every page. */
export function Shell() {
  useArrivals(useQueryClient());
  const main = useFocusOnNavigation();
  const who = whoIs(useSession());
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#main">
        {common.skip}
      </a>
      <header className={css.rail}>
        <Link href="/" className={css.brand}>
          <Mark />
          <span>{common.app}</span>
        </Link>
        <Navigation />
        <SyncState />
      </header>
      <main id="main" ref={main} tabIndex={-1} className={css.main}>
        {/* What is typed, said and planned is somebody's: with somebody else every page begins anew. */}
        <Pages key={who} />
      </main>
      <UndoBar />
      <SessionExpired />
    </div>
  );
}

function Navigation() {
  const session = useSession();
  const [path] = useLocation();
  const isAdmin = session.status !== "anonymous" && session.who.role === "admin";
  return (
    <nav className={css.nav} aria-label={common.mainNavigation}>
      <ul>
        {(isAdmin ? [...PLACES, ADMIN] : PLACES).map(({ to, name, Icon }) => (
          <li key={to}>
            <Link
              href={to}
              className={css.place}
              aria-current={path === to ? "page" : undefined}
              onPointerEnter={() => preload(to)}
            >
              <Icon size={20} aria-hidden />
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Whoever goes to another page by keyboard or screen reader begins at its top. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const first = useRef(path);
  useEffect(() => {
    if (first.current !== path) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = path;
  }, [path]);
  return main;
}
