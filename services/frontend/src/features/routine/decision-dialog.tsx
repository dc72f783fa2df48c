import { common } from "@/shared/strings/common";
import { routine } from "@/shared/strings/routine";
import { type Change, FIELDS, type Fields, type Row } from "@/shared/outbox/changes";
import { resolve, retry, takeBack } from "@/shared/outbox/outbox";
import { Button } from "@/shared/ui/controls";
import { Dialog, Reference } from "@/shared/ui/feedback";
import { shown, type Unit } from "@/shared/units/units";
import css from "./decision-dialog.module.css";

const words = routine.conflict;

interface Props {
  row: Row;
  change: Change;
  unit: Unit;
  onClose: () => void;
}

/** A change that waits for the person: both versions side by side, or why the server will not have it. */
export function DecisionDialog(props: Props) {
  return props.change.state === "refused" ? <Refused {...props} /> : <Conflict {...props} />;
}

function Conflict({ row, change, unit, onClose }: Props) {
  const choose = (choice: "mine" | "theirs") => {
    resolve(change, choice);
    onClose();
  };
  const isGone = !change.theirs;
  const mine = change.kind === "delete" ? words.deleteAnyway : words.keepMine;
  return (
    <Dialog title={isGone ? words.gone(row.name) : words.title(row.name)} onClose={onClose}>
      <p>{isGone ? words.goneText : words.text}</p>
      <Versions mine={{ ...row, ...change.values }} theirs={change.theirs ?? null} change={change} unit={unit} />
      <div className={css.actions}>
        <Button look="primary" onClick={() => choose("mine")}>
          {isGone ? words.addAgain : mine}
        </Button>
        <Button onClick={() => choose("theirs")}>{isGone ? words.letGo : words.keepTheirs}</Button>
      </div>
    </Dialog>
  );
}

interface VersionsProps {
  mine: Fields;
  theirs: Fields | null;
  change: Change;
  unit: Unit;
}

function Versions({ mine, theirs, change, unit }: VersionsProps) {
  const said = (fields: Fields | null, field: keyof Fields) => {
    if (!fields) return words.deleted;
    const value = fields[field];
    if (field !== "weight") return String(value);
    return value === null ? routine.bodyweight : `${shown(Number(value), unit)} ${unit}`;
  };
  const name = (field: keyof Fields) => (field === "weight" ? routine.fields.weight(unit) : routine.fields[field]);
  return (
    <table className={css.versions}>
      <thead>
        <tr>
          {[words.field, words.mine, words.theirs].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {FIELDS.map((field) => (
          <tr key={field} data-differs={!theirs || mine[field] !== theirs[field]}>
            <th scope="row">{name(field)}</th>
            <td>{change.kind === "delete" ? words.deleted : said(mine, field)}</td>
            <td>{said(theirs, field)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Refused({ row, change, onClose }: Props) {
  const act = (what: () => void) => () => {
    what();
    onClose();
  };
  return (
    <Dialog title={routine.refused.title(row.name)} onClose={onClose}>
      <p>
        {routine.refused.text} {change.reason}
      </p>
      {change.reference && <Reference id={change.reference} />}
      <div className={css.actions}>
        <Button look="primary" onClick={act(() => retry(change))}>
          {common.retry}
        </Button>
        <Button onClick={act(() => void takeBack(change.id))}>{common.discard}</Button>
      </div>
    </Dialog>
  );
}
