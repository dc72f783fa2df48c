import { CircleAlert, X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Problem, referenceOf } from "@/shared/api/problem";
import { common } from "@/shared/strings/common";
import { Button } from "./controls";
import css from "./feedback.module.css";

type ServiceName = keyof typeof common.services;

/** An error in the words of whoever meets it. */
function explained(error: unknown, service: ServiceName = "api"): string {
  if (!(error instanceof Problem)) return `${common.services[service]} ${common.noAnswer}`;
  if (error.status === 429) return common.tooMany(error.retryAfter);
  if (error.status >= 500 && !error.body.detail) return `${common.services[service]} ${common.noAnswer}`;
  return error.message;
}

interface ErrorNoteProps {
  error: unknown;
  service?: ServiceName;
  onRetry?: (() => void) | undefined;
}

/** What went wrong, what to do, and what to quote when asking for help. */
export function ErrorNote({ error, service = "api", onRetry }: ErrorNoteProps) {
  const reference = referenceOf(error);
  return (
    <div className={css.note} role="alert">
      <CircleAlert size={20} aria-hidden />
      <div className={css.body}>
        <p>{explained(error, service)}</p>
        {onRetry && <Button onClick={onRetry}>{common.retry}</Button>}
        {reference && <Reference id={reference} />}
      </div>
    </div>
  );
}

export function Reference({ id }: { id: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(id).then(() => setCopied(true), () => undefined);
  return (
    <span className={css.reference}>
      {common.reference} <code>{id}</code>
      {"clipboard" in navigator && (
        <Button look="quiet" onClick={copy}>
          {isCopied ? common.copied : common.copy}
        </Button>
      )}
    </span>
  );
}

export function Empty({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  );
}

export function Skeleton({ width = "100%", height = 20 }: { width?: number | string; height?: number | string }) {
  return <span className={css.skeleton} style={{ inlineSize: width, blockSize: height }} />;
}

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** The browser's own modal dialog: focus stays inside, Escape closes, and focus returns. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);
  const cancel = (event: React.SyntheticEvent) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={dialog} className={css.dialog} aria-labelledby={id} onCancel={cancel}>
      <div className={css.dialogHead}>
        <h2 id={id}>{title}</h2>
        <Button look={["quiet", "icon"]} aria-label={common.close} onClick={onClose}>
          <X size={20} aria-hidden />
        </Button>
      </div>
      {children}
    </dialog>
  );
}
