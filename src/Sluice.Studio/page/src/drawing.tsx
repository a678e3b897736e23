import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const [smallest, largest, readable] = [0.05, 4, 0.5];
const factors: Record<string, number> = { "+": 1.25, "=": 1.25, "-": 0.8 };

interface Props { svg: string; label: string | null; choose: (address: string) => void }

/** The drawing in a frame that scrolls: dragged and with the arrows moved, larger and smaller by wheel, buttons and keys. */
export function Drawing({ svg, label, choose }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  const now = useRef({ scale: 1, width: 0, height: 0 });
  const picture = () => frame.current!.querySelector("svg")!;

  // About where the pointer is, else about the middle: what is there stays there, where the frame can be scrolled to it.
  const zoom = (to: number, pointer?: { clientX: number; clientY: number }) => {
    const [area, svg, at] = [frame.current!, picture(), now.current];
    const next = Math.min(largest, Math.max(smallest, to));
    const [before, within] = [svg.getBoundingClientRect(), area.getBoundingClientRect()];
    const [x, y] = [pointer?.clientX ?? within.left + within.width / 2, pointer?.clientY ?? within.top + within.height / 2];
    svg.setAttribute("width", `${at.width * next}`);
    svg.setAttribute("height", `${at.height * next}`);
    const after = svg.getBoundingClientRect();
    area.scrollLeft += after.left + ((x - before.left) * next) / at.scale - x;
    area.scrollTop += after.top + ((y - before.top) * next) / at.scale - y;
    at.scale = next;
    setScale(next);
  };
  const whole = () => Math.min(1, frame.current!.clientWidth / now.current.width, frame.current!.clientHeight / now.current.height);

  useLayoutEffect(() => {
    const { width, height } = picture().viewBox.baseVal;
    now.current = { scale: picture().getBoundingClientRect().width / width, width, height };
    // All of it where that can be read, else the middle, where what is referenced most stands.
    zoom(Math.max(readable, whole()));
    const area = frame.current!;
    area.scrollLeft = (area.scrollWidth - area.clientWidth) / 2;
    area.scrollTop = (area.scrollHeight - area.clientHeight) / 2;
  }, [svg]);

  useLayoutEffect(() => {
    const area = frame.current!;
    for (const lit of area.querySelectorAll(".lit")) lit.classList.remove("lit");
    const box = label === null ? null : [...area.querySelectorAll<SVGGElement>(".box")].find((b) => nameOf(b) === label);
    if (!box) return;
    box.classList.add("lit");
    for (const edge of area.querySelectorAll<SVGGElement>(".edge")) edge.classList.toggle("lit", edge.dataset["from"] === label || edge.dataset["to"] === label);
    if (now.current.scale < readable) zoom(readable);
    const [at, within] = [box.getBoundingClientRect(), area.getBoundingClientRect()];
    area.scrollLeft += at.left - within.left - (within.width - at.width) / 2;
    // Of a long table its head.
    area.scrollTop += at.top - within.top - Math.max(24, (within.height - at.height) / 2);
  }, [svg, label]);

  useEffect(() => {
    const area = frame.current!;
    const turned = (e: WheelEvent) => {
      if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) return; // moves sideways
      e.preventDefault();
      const lines = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      zoom(now.current.scale * Math.exp((-e.deltaY * lines) / 500), e);
    };
    area.addEventListener("wheel", turned, { passive: false });
    return () => area.removeEventListener("wheel", turned);
  }, []);

  // A finger moves it by itself.
  const drag = useRef<{ x: number; y: number; moves: boolean } | null>(null);
  return (
    <div class="picture">
      <div class="tools" role="group" aria-label="Zoom">
        <button type="button" onClick={() => zoom(scale * 0.8)} aria-label="Smaller">−</button>
        <output class="faint" aria-label="Size">{Math.round(scale * 100)} %</output>
        <button type="button" onClick={() => zoom(scale * 1.25)} aria-label="Larger">+</button>
        <button type="button" onClick={() => zoom(whole())}>All of it</button>
      </div>
      <div
        ref={frame} class="drawing" tabIndex={0} role="region" aria-label="Diagram: plus and minus zoom, 0 shows all of it, arrows move"
        onKeyDown={(e) => {
          const factor = factors[e.key];
          if (e.ctrlKey || e.metaKey || (factor === undefined && e.key !== "0")) return;
          e.preventDefault();
          zoom(factor === undefined ? whole() : now.current.scale * factor);
        }}
        onPointerDown={(e) => { if (e.button === 0 && e.pointerType !== "touch") drag.current = { x: e.clientX, y: e.clientY, moves: false }; }}
        onPointerMove={(e) => {
          const from = drag.current;
          if (!from) return;
          if (!from.moves && Math.abs(e.clientX - from.x) + Math.abs(e.clientY - from.y) < 4) return;
          if (!from.moves) e.currentTarget.setPointerCapture(e.pointerId);
          e.currentTarget.scrollLeft -= e.clientX - from.x;
          e.currentTarget.scrollTop -= e.clientY - from.y;
          drag.current = { x: e.clientX, y: e.clientY, moves: true };
        }}
        onPointerUp={() => { drag.current = null; }}
        onPointerCancel={() => { drag.current = null; }}
        onDragStart={(e) => e.preventDefault()}
        onClick={(e) => {
          const address = (e.target as Element).closest(".box")?.querySelector("a")?.getAttribute("href");
          if (!address || e.ctrlKey || e.metaKey) return;
          e.preventDefault();
          choose(address);
        }}
        dangerouslySetInnerHTML={{ __html: svg }}
      />
    </div>
  );
}

const nameOf = (box: SVGGElement): string | undefined => box.dataset["table"] ?? box.dataset["view"] ?? box.dataset["enum"];
