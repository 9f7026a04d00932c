// A small chart of some series over the last ten minutes. It draws paths and text of its own making alone.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 74;

/** An element with a class and text. */
export function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

function path(className) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", className);
  return element;
}

/** A round number at or above the largest value. */
function ceiling(value) {
  if (!(value > 0)) return 1;
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * ten).find((step) => step >= value);
}

export class Chart {
  /** `series` are `{label, of}`, where `of` finds a number in a sample; `show` words one. */
  constructor(title, series, show) {
    this.series = series;
    this.show = show;
    this.element = make("div", "card chart");
    this.element.dataset.chart = title;
    this.values = make("div", "values");
    this.most = make("span", "most");
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    const floor = path("floor");
    floor.setAttribute("d", `M0 ${HEIGHT}H${WIDTH}`);
    this.lines = series.map((_, at) => path(`s${at}`));
    this.svg.append(floor, ...this.lines);
    this.element.append(make("h2", "", title), this.values, this.most, this.svg);
  }

  draw(samples, seconds) {
    const last = samples.at(-1);
    const now = last ? last.t : 0;
    const all = this.series.flatMap(({ of }) => samples.map(of)).filter((value) => value !== null);
    const most = ceiling(Math.max(0, ...all));
    this.most.textContent = all.length ? this.show(most) : "";
    this.lines.forEach((line, at) => {
      let text = "";
      let pen = "M";
      for (const sample of samples) {
        const value = this.series[at].of(sample);
        if (value === null) {
          pen = "M";
          continue;
        }
        const x = WIDTH * (1 - (now - sample.t) / seconds);
        const y = HEIGHT * (1 - value / most);
        text += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
        pen = "L";
      }
      line.setAttribute("d", text);
    });
    const shown = this.series.map(({ label, of }, at) => {
      const value = last ? of(last) : null;
      return make("span", `s${at}`, `${label}${label ? " " : ""}${value === null ? "–" : this.show(value)}`);
    });
    this.values.replaceChildren(...shown);
    this.svg.setAttribute("aria-label", `${this.element.dataset.chart}: ${this.values.textContent}`);
  }
}
