import { coach } from "@/shared/strings/coach";
import css from "./dial.module.css";

const words = coach.analysis;
const RADIUS = 84;
const FROM = 135; // degrees, clockwise from the right
const SPAN = 270;

/** The balance score as a gauge; the number in it says the same. */
export function Dial({ score }: { score: number }) {
  const text = score.toLocaleString(undefined, { maximumFractionDigits: 1 });
  return (
    <svg className={css.dial} viewBox="0 0 200 180" role="img" aria-label={words.scoreOf(text)}>
      <path className={css.track} d={arc(1)} />
      {score > 0 && <path className={css.value} d={arc(Math.min(score, 100) / 100)} />}
      <text className={css.number} x="100" y="112" textAnchor="middle">
        {text}
      </text>
      <text className={css.label} x="100" y="140" textAnchor="middle">
        {words.score}
      </text>
    </svg>
  );
}

function arc(share: number): string {
  const end = FROM + SPAN * share;
  const [startX, startY] = point(FROM);
  const [endX, endY] = point(end);
  return `M ${startX} ${startY} A ${RADIUS} ${RADIUS} 0 ${SPAN * share > 180 ? 1 : 0} 1 ${endX} ${endY}`;
}

function point(degrees: number): [string, string] {
  const angle = (degrees * Math.PI) / 180;
  return [(100 + RADIUS * Math.cos(angle)).toFixed(2), (100 + RADIUS * Math.sin(angle)).toFixed(2)];
}
