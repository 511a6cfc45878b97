// The elements above the lines: a card for each node, a label for each edge.
import { fill, h, icon } from '../dom.js';
import { errorTone, rate, share } from '../format.js';
import { face, fullName, label } from './model.js';

/** An element for each entry of the map wanted: made when it is new, removed when it went, else only updated. */
export function keep(elements, wanted, make, update) {
  for (const [id, element] of elements) {
    if (wanted.has(id)) continue;
    element.remove();
    elements.delete(id);
  }
  for (const [id, data] of wanted) {
    if (!elements.has(id)) elements.set(id, make(data));
    update(elements.get(id), data);
  }
}

const told = new WeakMap();

/** Whether an element has to say something else than it does. A large graph is mostly the same as three seconds ago. */
function news(element, words) {
  if (told.get(element) === words) return false;
  told.set(element, words);
  return true;
}

/** A node's card. */
export function dressCard(card, node, withNamespace) {
  const inbound = node.in.length > 0;
  const [perSecond, errors] = inbound ? [node.rateIn, node.errorsIn] : [node.rateOut, node.errorsOut];
  const words = `${fullName(node)}, ${node.kind}${node.namespace ? ` in ${node.namespace}` : ''}, ${rate(perSecond)}, ${share(errors)} errors`;
  if (!news(card, words + withNamespace)) return;
  card.dataset.kind = node.kind;
  card.dataset.tone = perSecond > 0 ? errorTone(errors) : 'idle';
  card.dataset.id = node.id;
  card.setAttribute('aria-label', words);
  fill(
    card,
    icon(face(node)),
    h(
      'div.node-text',
      null,
      h(
        'div.node-name',
        null,
        label(node),
        withNamespace && node.namespace ? h('span.faint', null, `.${node.namespace}`) : null,
        node.siblings === 1 && node.kind === 'workload' && node.version ? h('span.node-version', null, node.version) : null,
      ),
      h(
        'div.node-figures',
        null,
        inbound ? rate(perSecond) : `sends ${rate(perSecond)}`,
        errors > 0 ? h('span', { class: errorTone(errors) }, ` · ${share(errors)} errors`) : null,
      ),
    ),
  );
}

/** An edge's label. */
export function dressChip(chip, edge, nodes) {
  const [from, to] = [nodes.get(edge.source), nodes.get(edge.target)];
  const words = `${fullName(from)} to ${fullName(to)}, ${rate(edge.rate)}, ${share(edge.errorShare)} errors, ${edge.mtls ? 'mutual TLS' : edge.mtls === false ? 'plaintext' : 'encryption unknown'}`;
  if (!news(chip, words)) return;
  chip.dataset.id = edge.id;
  chip.classList.toggle('plain', edge.mtls === false);
  chip.setAttribute('aria-label', words);
  fill(
    chip,
    edge.mtls === null || edge.mtls === undefined ? null : icon(edge.mtls ? 'lock' : 'open'),
    rate(edge.rate),
    edge.protocol === 'http' ? null : h('span.faint', null, edge.protocol),
    edge.errorShare > 0 ? h('b', { class: errorTone(edge.errorShare) }, share(edge.errorShare)) : null,
  );
}
