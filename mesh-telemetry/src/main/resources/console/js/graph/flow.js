// Traffic as dots that travel along the edges: more of them for more requests, red ones for errors. It says "now", no more.

const SPEED = 84; // px of the graph a second
const MOST = 240;
const FRAME = 1000 / 30;

export class Flow {
  #canvas;
  #view;
  #lanes = new Map();
  #colours = {};
  #only = null;
  #running = false;
  #last = 0;
  #frame = 0;

  /** @param view () => {x, y, zoom} of the graph in the canvas */
  constructor(canvas, view) {
    this.#canvas = canvas;
    this.#view = view;
  }

  colours(colours) {
    this.#colours = colours;
  }

  /** Shows only the dots of these edges; null: all. */
  only(ids) {
    this.#only = ids;
  }

  /** @param edges [{id, points: [{x, y}…] along the edge, rate, errors}] */
  lanes(edges) {
    const lanes = new Map();
    for (const { id, points, rate, errors } of edges) {
      const dots = this.#lanes.get(id)?.dots ?? [];
      lanes.set(id, { ...measured(points), errors, dots, perSecond: frequency(rate), due: this.#lanes.get(id)?.due ?? Math.random() });
    }
    this.#lanes = lanes;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#last = performance.now();
    const step = now => {
      if (!this.#running) return;
      this.#frame = requestAnimationFrame(step);
      if (now - this.#last < FRAME) return;
      this.#move(Math.min(now - this.#last, 200) / 1000);
      this.#last = now;
      this.#draw();
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop() {
    this.#running = false;
    cancelAnimationFrame(this.#frame);
    this.#lanes.forEach(lane => (lane.dots = []));
    this.#canvas.getContext('2d').clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #move(seconds) {
    let all = 0;
    for (const lane of this.#lanes.values()) {
      for (const dot of lane.dots) dot.at += SPEED * seconds;
      lane.dots = lane.dots.filter(dot => dot.at < lane.length);
      all += lane.dots.length;
      lane.due -= seconds * lane.perSecond;
      if (lane.due <= 0 && all < MOST) {
        lane.due = 0.6 + Math.random() * 0.8;
        lane.dots.push({ at: 0, error: Math.random() < lane.errors });
      }
    }
  }

  #draw() {
    const canvas = this.#canvas;
    const scale = devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext('2d');
    const { x, y, zoom } = this.#view();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.setTransform(zoom * scale, 0, 0, zoom * scale, x * scale, y * scale);
    for (const [id, lane] of this.#lanes) {
      if (this.#only && !this.#only.has(id)) continue;
      for (const dot of lane.dots) {
        const p = along(lane, dot.at);
        pen.fillStyle = dot.error ? this.#colours.bad : this.#colours.good;
        pen.globalAlpha = Math.min(1, dot.at / 18, (lane.length - dot.at) / 18);
        pen.beginPath();
        pen.arc(p.x, p.y, dot.error ? 3.6 : 2.8, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    pen.globalAlpha = 1;
  }
}

/** Dots a second: what a person can follow, growing with the logarithm of the rate. */
const frequency = rate => (rate > 0 ? Math.min(2.6, 0.25 + Math.log10(1 + rate) * 0.9) : 0);

function measured(points) {
  const lengths = [0];
  for (let i = 1; i < points.length; i++)
    lengths.push(lengths[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
  return { points, lengths, length: lengths.at(-1) ?? 0 };
}

function along({ points, lengths }, distance) {
  let i = 1;
  while (i < lengths.length - 1 && lengths[i] < distance) i++;
  const part = (distance - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
  return { x: points[i - 1].x + (points[i].x - points[i - 1].x) * part, y: points[i - 1].y + (points[i].y - points[i - 1].y) * part };
}
