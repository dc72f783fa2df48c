import { type ReactNode, useEffect } from "react";
import { common } from "@/shared/strings/common";
import css from "./page-head.module.css";

interface Props {
  title: string;
  summary?: string;
  /** Stands beside the summary. */
  aside?: ReactNode;
  children?: ReactNode;
}

/** Where you are, in a sentence, and the thing to do here. */
export function PageHead({ title, summary, aside, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${common.app}`;
  }, [title]);
  return (
    <header className={css.head}>
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        {summary && (
          <div className={css.about}>
            <p className={css.summary}>{summary}</p>
            {aside}
          </div>
        )}
      </div>
      {children}
    </header>
  );
}
