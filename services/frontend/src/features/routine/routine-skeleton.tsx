import { common } from "@/shared/strings/common";
import { Skeleton } from "@/shared/ui/feedback";
import css from "./routine-skeleton.module.css";

const COLUMNS = [0, 1, 2];
const LINES = [72, 56, 80, 48, 64, 60, 70];

/** The shape of the routine while it is being read. */
export function RoutineSkeleton() {
  return (
    <div className={css.columns} role="status">
      <span className="visually-hidden">{common.loading}</span>
      {COLUMNS.map((column) => (
        <div key={column} className={css.column}>
          <Skeleton width={90} height={24} />
          {LINES.map((width) => (
            <div key={width} className={css.line}>
              <Skeleton width={`${width}%`} />
              <Skeleton width={72} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
