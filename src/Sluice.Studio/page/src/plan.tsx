import { number } from "./problem.tsx";
import type { Plan, PlanNode } from "./types.ts";

/** What a plan's nodes do, the costliest marked by word and by bar. */
export function PlanTree({ plan }: { plan: Plan }) {
  const root = plan.Plan;
  const whole = timeOf(root) ?? root["Total Cost"];
  return (
    <section class="plan" aria-label="Plan">
      {plan["Execution Time"] !== undefined && <p class="faint">Planned in {plan["Planning Time"]?.toFixed(2)} ms, ran in {plan["Execution Time"].toFixed(2)} ms; rolled back.</p>}
      <ul>{<Node node={root} whole={Math.max(whole, 0.001)} />}</ul>
    </section>
  );
}

const timeOf = (n: PlanNode): number | undefined => (n["Actual Total Time"] === undefined ? undefined : n["Actual Total Time"] * (n["Actual Loops"] ?? 1));

function Node({ node, whole }: { node: PlanNode; whole: number }) {
  const children = node.Plans ?? [];
  const all = timeOf(node) ?? node["Total Cost"];
  const own = Math.max(0, all - children.reduce((sum, c) => sum + (timeOf(c) ?? c["Total Cost"]), 0));
  const share = Math.min(1, own / whole);
  const target = [node["Relation Name"] && `on ${node["Relation Name"]}`, node["Index Name"] && `by ${node["Index Name"]}`].filter(Boolean).join(" ");
  const details = [node["Index Cond"], node["Hash Cond"], node["Merge Cond"], node["Recheck Cond"], node.Filter && `filter ${node.Filter}`, node["Sort Key"] && `by ${node["Sort Key"].join(", ")}`].filter(Boolean);
  const actual = node["Actual Rows"];
  const wrong = actual !== undefined && (actual > node["Plan Rows"] * 10 + 10 || node["Plan Rows"] > actual * 10 + 10);
  return (
    <li>
      <div class="node">
        <b>{node["Join Type"] ? `${node["Join Type"]} ` : ""}{node["Node Type"]}</b> {target}
        <span class="faint"> {actual === undefined ? `about ${number(node["Plan Rows"])} rows, cost ${node["Total Cost"].toFixed(0)}` : `${number(actual)} rows${(node["Actual Loops"] ?? 1) > 1 ? ` × ${node["Actual Loops"]}` : ""}, ${(timeOf(node) ?? 0).toFixed(2)} ms`}</span>
        {wrong && <span class="pill warn">planned for {number(node["Plan Rows"])} rows</span>}
        {share > 0.3 && <span class="pill bad">{Math.round(share * 100)} % of {actual === undefined ? "the cost" : "the time"}</span>}
        {details.map((d, i) => <div key={i} class="detail">{d}</div>)}
        {node["Rows Removed by Filter"] ? <div class="detail">{number(node["Rows Removed by Filter"])} rows read and left out</div> : null}
        <div class="share" style={{ width: `${Math.max(1, share * 100)}%` }} />
      </div>
      {children.length > 0 && <ul>{children.map((c, i) => <Node key={i} node={c} whole={whole} />)}</ul>}
    </li>
  );
}
