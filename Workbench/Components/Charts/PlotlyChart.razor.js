// Plotly is the copy that comes with Plotly.Blazor; this module adds theme, size and diffs.
import { save } from "../../js/files.js";

// Most charts need only the small bundle, which is there four times sooner; the full one comes when a chart cannot do without.
const small = "./_content/Plotly.Blazor/plotly-basic-3.7.0.min.js";
const full = "./_content/Plotly.Blazor/plotly-3.7.0.min.js";
// In milliseconds, and in times of the last drawing: a chart takes less than a hundredth of a processor, which the training may need. A small
// one shows within a second or two what is new; of a thousand points the latest may come ten seconds late.
const longestRest = 10_000;
const restFactor = 100;
const inSmall = new Set(["scatter", "bar", "pie"]);
const loading = new Map();

function load(source) {
  if (!loading.has(source)) {
    loading.set(source, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      // Each bundle puts itself in the same place: charts keep the one they were drawn with.
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => {
        loading.delete(source);
        reject(new Error(`${source} could not be loaded.`));
      };
      document.head.append(script);
    }));
  }
  return loading.get(source);
}

const config = {
  displaylogo: false,
  displayModeBar: true,
  modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
  doubleClick: "reset",
  scrollZoom: false,
};

// A page that comes with charts imports this module while its circuit is made (js/app.js).
load(small);

export const create = (element, owner) => element && new Chart(element, owner);

class Chart {
  #element;
  #owner;
  #layout = {};
  #traces = [];
  #frame = 0;
  #plotly;
  #drawing = false;
  #dirty = false;
  #disposed = false;
  #hovered;
  #resized = new ResizeObserver(() => this.#schedule());
  #seen = new IntersectionObserver(entries => this.#tell("SeenAsync", entries.at(-1).isIntersecting), { rootMargin: "120px" });
  #onTheme = () => this.#schedule();
  #onVisible = () => document.hidden || this.#schedule();

  constructor(element, owner) {
    this.#element = element;
    this.#owner = owner;
    this.#resized.observe(element);
    this.#seen.observe(element);
    element.addEventListener("click", () => this.#open(this.#hovered));
    addEventListener("workbench:theme", this.#onTheme);
    document.addEventListener("visibilitychange", this.#onVisible);
  }

  // Resolves when the server may send the next drawing: a chart that is expensive to draw rests the longer, so that live charts take a small
  // part of the processor however large they are.
  async update(layout, changes) {
    const parse = bytes => JSON.parse(new TextDecoder().decode(bytes));
    if (layout) {
      this.#layout = parse(layout);
    }
    this.#traces = changes.map((bytes, i) => bytes ? parse(bytes) : this.#traces[i]);
    if (!document.hidden) {
      const [isNew, start] = [!this.#element._fullLayout, performance.now()];
      await this.#draw();
      if (!isNew) {
        await painted();
        await rest(Math.min(longestRest, restFactor * (performance.now() - start)));
      }
    }
  }

  dispose() {
    cancelAnimationFrame(this.#frame);
    this.#disposed = true;
    this.#resized.disconnect();
    this.#seen.disconnect();
    removeEventListener("workbench:theme", this.#onTheme);
    document.removeEventListener("visibilitychange", this.#onVisible);
    if (!this.#drawing) {
      this.#plotly?.purge(this.#element);
    }
  }

  async downloadImage(name) {
    const { clientWidth: width, clientHeight: height } = this.#element;
    save(name, await this.#plotly.toImage({ data: this.#element.data, layout: this.#element.layout }, { format: "png", width, height, scale: 2 }));
  }

  downloadText(name, text) {
    const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    save(name, href);
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  }

  #open(number) {
    if (Number.isInteger(number)) {
      this.#tell("PointClickedAsync", number);
    }
  }

  // The page may have been left at this very moment: then there is no page to tell.
  #tell(method, value) {
    this.#owner.invokeMethodAsync(method, value).catch(() => {});
  }

  #schedule() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  async #draw() {
    if (!this.#traces.length || !this.#element.clientWidth) {
      return;
    }
    if (this.#drawing) {
      this.#dirty = true;
      return;
    }
    this.#drawing = true;
    try {
      this.#plotly ??= await load(this.#traces.every(trace => inSmall.has(trace.type)) ? small : full);
      if (!this.#disposed) {
        await this.#react();
      }
    } catch (error) {
      // Plotly works in steps; between two of them the page may have been left, and the element with it.
      if (!this.#disposed) {
        throw error;
      }
    } finally {
      this.#drawing = false;
    }
    if (this.#disposed) {
      this.#plotly?.purge(this.#element);
    } else if (this.#dirty) {
      this.#dirty = false;
      this.#schedule();
    }
  }

  async #react() {
    const isNew = !this.#element._fullLayout;
    const css = getComputedStyle(document.documentElement);
    await this.#plotly.react(this.#element, themed(this.#traces, css), this.#themedLayout(css), config);
    if (isNew) {
      // The figure's label says it in words; the letters in the drawing would only be read out one by one.
      this.#element.querySelectorAll(".main-svg").forEach(svg => svg.setAttribute("aria-hidden", "true"));
      this.#element.on("plotly_click", event => this.#open(event.points.find(point => Number.isInteger(point.customdata))?.customdata));
      // Lines of parallel coordinates are no points: they only tell when the pointer is on them.
      this.#element.on("plotly_hover", event => this.#hovered = event.points ? undefined : this.#traces[0].customdata?.[event.curveNumber]);
      this.#element.on("plotly_relayout", event => {
        const [from, to] = [event["xaxis.range[0]"], event["xaxis.range[1]"]];
        if (Number.isFinite(from) && Number.isFinite(to)) {
          this.#tell("ZoomedAsync", [from, to]);
        } else if (event["xaxis.autorange"]) {
          this.#tell("ZoomedAsync", null);
        }
      });
      this.#element.on("plotly_unhover", () => this.#hovered = undefined);
    }
  }

  #themedLayout(css) {
    const token = name => css.getPropertyValue(name).trim();
    const axis = given => ({
      gridcolor: token("--grid"), zeroline: false, linecolor: token("--border"), showline: true, ticks: "", automargin: true, exponentformat: "e",
      tickfont: { color: token("--text-muted"), size: 11 }, ...given,
      title: { ...given?.title, font: { color: token("--text-muted"), size: 11 }, standoff: 6 },
    });
    const given = themed(this.#layout, css);
    return {
      showlegend: true, ...given,
      margin: { l: 52, r: 14, t: given.showlegend === false ? 14 : 30, b: 36, ...given.margin },
      width: this.#element.clientWidth, height: this.#element.clientHeight,
      paper_bgcolor: token("--surface"), plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: token("--font"), size: 12, color: token("--text") },
      // A finger scrolls the page.
      hovermode: "closest", dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
      legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom", font: { size: 11, color: token("--text-muted") }, itemwidth: 30 },
      hoverlabel: { bgcolor: token("--raised"), bordercolor: token("--border-strong"), align: "left", font: { family: token("--font"), size: 12, color: token("--text") } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: token("--text-muted"), activecolor: token("--accent") },
      xaxis: axis(given.xaxis), yaxis: axis(given.yaxis),
    };
  }
}

// The work of the browser after the script: styles, layout, paint. In a page that is hidden no frame comes.
const painted = () => new Promise(resolve => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 250);
});

// Who touches the page is answered at once.
const rest = time => new Promise(resolve => {
  const end = () => {
    clearTimeout(timer);
    ["pointerdown", "keydown"].forEach(kind => removeEventListener(kind, end, true));
    resolve();
  };
  const timer = setTimeout(end, time);
  ["pointerdown", "keydown"].forEach(kind => addEventListener(kind, end, true));
});

// A copy with each "var(--name)" replaced by what the theme says; a name that holds several colours is a scale from the worst to the best.
// Arrays of data hold no colours and are shared, not copied.
function themed(value, css, key) {
  if (typeof value === "string") {
    const name = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
    const token = name ? css.getPropertyValue(name).trim() : value;
    const colors = name && token.split(/\s*,\s*/);
    return colors?.length > 1 ? colors.map((color, i) => [i / (colors.length - 1), color]) : token;
  }
  if (Array.isArray(value)) {
    return value.length && typeof value[0] === "object" && value[0] && !Array.isArray(value[0]) ? value.map(item => themed(item, css)) : value;
  }
  if (!value || typeof value !== "object") {
    return value;
  }
  const copy = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, themed(item, css, name)]));
  return key === "colorbar" ? colorBar(copy, css) : copy;
}

function colorBar(given, css) {
  const font = { color: css.getPropertyValue("--text-muted").trim(), size: 11 };
  return { thickness: 8, outlinewidth: 0, ticks: "", tickfont: font, xpad: 6, ...given, title: { ...given.title, side: "right", font } };
}
