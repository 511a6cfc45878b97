// Builds elements. Everything shown comes from strangers (paths, names, headers), so text is only ever a text node:
// there is no way from here to markup.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element: h('button.icon-button', {title: 'Copy', onclick}, 'Copy').
 * Attributes: on… is a listener, style an object of CSS properties, false, null and undefined are left out, true is empty.
 */
export function h(kind, attributes, ...children) {
  const [tag, ...classes] = kind.split('.');
  const element = document.createElement(tag || 'div');
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'style') for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
  else if (name === 'class')
    value
      .split(' ')
      .filter(Boolean)
      .forEach(c => element.classList.add(c));
  else if (name === 'value' || name === 'checked') element[name] = value;
  else element.setAttribute(name, value === true ? '' : value);
}

const nodes = children => children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false);

export const fill = (element, ...children) => {
  element.replaceChildren(...nodes(children));
  return element;
};

/** An icon of the sprite in index.html. */
export function icon(name) {
  const svg = svgElement('svg', { class: 'i', 'aria-hidden': 'true' });
  svg.append(svgElement('use', { href: `#i-${name}` }));
  return svg;
}

export function svgElement(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) element.setAttribute(name, value);
  element.append(...nodes(children));
  return element;
}

/** A button with a text to copy. */
export function copyButton(value, label) {
  const mark = h('span', null, icon('copy'));
  return h(
    'button.copy',
    {
      type: 'button',
      title: 'Copy',
      'aria-label': `Copy ${label ?? value}`,
      onclick: async event => {
        event.stopPropagation();
        try {
          await navigator.clipboard.writeText(value);
          fill(mark, icon('check'));
        } catch {
          fill(mark, icon('alert'));
        }
        setTimeout(() => fill(mark, icon('copy')), 1200);
      },
    },
    label === undefined ? null : h('span', null, label),
    mark,
  );
}

/** One line to paste into a shell. */
export const command = line => h('div.command', null, h('code', null, line), copyButton(line));

/** Buttons of which one is chosen. options: [[value, label]…] */
export function segments(label, options, chosen, choose) {
  const group = h('div.segments', { role: 'group', 'aria-label': label });
  for (const [value, name] of options) {
    group.append(
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(value === chosen),
          onclick: event => {
            for (const button of group.children) button.setAttribute('aria-pressed', String(button === event.currentTarget));
            choose(value);
          },
        },
        name,
      ),
    );
  }
  return group;
}

/** The options of a select, the chosen one kept also when it is not among them. */
export function options(select, values, all) {
  const chosen = select.value;
  const wanted = ['', ...new Set([...values, chosen].filter(Boolean))];
  if (select.options.length === wanted.length && wanted.every((value, i) => select.options[i].value === value)) return;
  fill(
    select,
    wanted.map(value => h('option', { value }, value || all)),
  );
  select.value = chosen;
}

export const empty = (name, title, ...rest) => h('div.empty', null, icon(name), h('h2', null, title), ...rest);
