// Plotly is the copy that comes with Plotly.Blazor; this module adds theme, size and diffs.
const source = "./_content/Plotly.Blazor/plotly-basic-3.7.0.min.js";
let loading;

const load = () => loading ??= new Promise((resolve, reject) => {
  const script = document.createElement("script");
  script.src = source;
  script.onload = resolve;
  script.onerror = () => {
    loading = undefined;
    reject(new Error(`${source} could not be loaded.`));
  };
  document.head.append(script);
});

const config = {
  displaylogo: false,
  displayModeBar: true,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
  doubleClick: "reset",
  scrollZoom: false,
};

export async function create(element, owner) {
  await load();
  return new Chart(element, owner);
}

class Chart {
  #element;
  #owner;
  #layout = {};
  #traces = [];
  #frame = 0;
  #drawing = false;
  #dirty = false;
  #resized = new ResizeObserver(() => this.#schedule());
  #onTheme = () => this.#schedule();
  #onVisible = () => document.hidden || this.#schedule();

  constructor(element, owner) {
    this.#element = element;
    this.#owner = owner;
    this.#resized.observe(element);
    addEventListener("workbench:theme", this.#onTheme);
    document.addEventListener("visibilitychange", this.#onVisible);
  }

  // Resolves when it is drawn, so that the server sends no faster than that.
  update(layout, changes) {
    const parse = bytes => JSON.parse(new TextDecoder().decode(bytes));
    if (layout) {
      this.#layout = parse(layout);
    }
    this.#traces = changes.map((bytes, i) => bytes ? parse(bytes) : this.#traces[i]);
    return document.hidden ? undefined : this.#draw();
  }

  dispose() {
    cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
    removeEventListener("workbench:theme", this.#onTheme);
    document.removeEventListener("visibilitychange", this.#onVisible);
    window.Plotly.purge(this.#element);
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
    const isNew = !this.#element._fullLayout;
    const css = getComputedStyle(document.documentElement);
    await window.Plotly.react(this.#element, themed(this.#traces, css), this.#themedLayout(css), config);
    if (isNew) {
      // The figure's label says it in words; the letters in the drawing would only be read out one by one.
      this.#element.querySelectorAll(".main-svg").forEach(svg => svg.setAttribute("aria-hidden", "true"));
      this.#element.on("plotly_click", event => {
        const number = event.points[0]?.customdata;
        if (Number.isInteger(number)) {
          this.#owner.invokeMethodAsync("PointClickedAsync", number);
        }
      });
    }
    this.#drawing = false;
    if (this.#dirty) {
      this.#dirty = false;
      this.#schedule();
    }
  }

  #themedLayout(css) {
    const token = name => css.getPropertyValue(name).trim();
    const axis = given => ({
      gridcolor: token("--grid"), zeroline: false, linecolor: token("--border"), showline: true, ticks: "", automargin: true,
      tickfont: { color: token("--text-muted"), size: 11 }, ...given,
      title: { ...given?.title, font: { color: token("--text-muted"), size: 11 }, standoff: 6 },
    });
    return {
      ...this.#layout,
      width: this.#element.clientWidth, height: this.#element.clientHeight,
      margin: { l: 52, r: 14, t: 30, b: 36 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: token("--font"), size: 12, color: token("--text") },
      hovermode: "closest", dragmode: "zoom", showlegend: true,
      legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom", font: { size: 11, color: token("--text-muted") }, itemsizing: "constant" },
      hoverlabel: { bgcolor: token("--raised"), bordercolor: token("--border-strong"), align: "left", font: { family: token("--font"), size: 12, color: token("--text") } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: token("--text-muted"), activecolor: token("--accent") },
      xaxis: axis(this.#layout.xaxis), yaxis: axis(this.#layout.yaxis),
    };
  }
}

// A copy with each "var(--name)" replaced by what the theme says. Arrays of data hold no colours and are shared, not copied.
function themed(value, css) {
  if (typeof value === "string") {
    const name = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
    return name ? css.getPropertyValue(name).trim() : value;
  }
  if (Array.isArray(value)) {
    return value.length && typeof value[0] === "object" && value[0] ? value.map(item => themed(item, css)) : value;
  }
  return value && typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, themed(item, css)]))
    : value;
}
