// What is asked of the log.
import { h } from '../dom.js';

const TYPING = 350;
const STATUS = ['2xx', '3xx', '4xx', '5xx', '404', '503', '504'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** The fields that the server filters by. Hears of a change when nothing was typed for a moment. */
export class FilterBar {
  #inputs = new Map();
  #changed;
  #timer = 0;

  constructor(changed) {
    this.#changed = changed;
    this.#inputs.set('source', this.#text('source', 'source', '9em'));
    this.#inputs.set('destination', this.#text('destination', 'destination', '9em'));
    this.#inputs.set('status', this.#choice('status', 'any status', STATUS));
    this.#inputs.set('method', this.#choice('method', 'any method', METHODS));
    this.#inputs.set('path', this.#text('path', '/path', '11em'));
    this.#inputs.set('flags', this.#text('flags', 'flags', '5.5em'));
  }

  get elements() {
    return [...this.#inputs.values()];
  }

  /** What is set, by name; nothing for an empty field. */
  values() {
    const all = [...this.#inputs].map(([name, input]) => [name, input.value.trim()]);
    return Object.fromEntries(all.filter(([, value]) => value));
  }

  put(values) {
    for (const [name, input] of this.#inputs) {
      const value = values[name] ?? '';
      const offered = input.tagName !== 'SELECT' || [...input.options].some(option => option.value === value);
      if (!offered) input.append(h('option', { value }, value));
      input.value = value;
    }
  }

  close() {
    clearTimeout(this.#timer);
  }

  #text(name, hint, width) {
    return h('input.input', {
      type: 'search',
      placeholder: hint,
      'aria-label': name,
      spellcheck: 'false',
      autocomplete: 'off',
      maxlength: '200',
      style: { width },
      oninput: () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(this.#changed, TYPING);
      },
      onchange: () => {
        clearTimeout(this.#timer);
        this.#changed();
      },
    });
  }

  #choice(name, all, values) {
    return h(
      'select.select',
      { 'aria-label': name, onchange: () => this.#changed() },
      h('option', { value: '' }, all),
      values.map(value => h('option', { value }, value)),
    );
  }
}
