import { Link } from "wouter";
import { common } from "@/shared/strings/common";
import { buttonClass } from "@/shared/ui/controls";
import { PageHead } from "@/shared/ui/page-head";

export function NotFound() {
  return (
    <>
      <PageHead title={common.notFound} />
      <p>
        <Link className={buttonClass("primary")} href="/">
          {common.toRoutine}
        </Link>
      </p>
    </>
  );
}
