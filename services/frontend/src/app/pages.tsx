import { lazy, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import { NotFound } from "./not-found";
import { PageBoundary } from "./page-failed";

const loads = {
  "/": () => import("@/features/routine/routine-page").then((page) => ({ default: page.RoutinePage })),
  "/coach": () => import("@/features/coach/coach-page").then((page) => ({ default: page.CoachPage })),
  "/account": () => import("@/features/account/account-page").then((page) => ({ default: page.AccountPage })),
  "/status": () => import("@/features/status/status-page").then((page) => ({ default: page.StatusPage })),
  "/admin": () => import("@/features/admin/admin-page").then((page) => ({ default: page.AdminPage })),
};

type Place = keyof typeof loads;

const PAGES = Object.entries(loads).map(([path, load]) => ({ path, Page: lazy(load) }));

/** Fetch a page's code before somebody goes there. */
export function preload(place: Place): void {
  void loads[place]().catch(() => undefined);
}

export function Pages() {
  const [path] = useLocation();
  return (
    <PageBoundary key={path}>
      <Suspense>
        <Switch>
          {PAGES.map(({ path, Page }) => (
            <Route key={path} path={path}>
              <Page />
            </Route>
          ))}
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </PageBoundary>
  );
}
