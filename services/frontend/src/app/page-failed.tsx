import { Component, type ReactNode } from "react";
import { common } from "@/shared/strings/common";
import { Button } from "@/shared/ui/controls";
import { Empty } from "@/shared/ui/feedback";

/** A page that could not be loaded, or failed: most often an update has taken its files away. */
export class PageBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Empty title={common.wrong} text={error instanceof Error ? error.message : ""}>
        <Button look="primary" onClick={() => location.reload()}>
          {common.reload}
        </Button>
      </Empty>
    );
  }
}
