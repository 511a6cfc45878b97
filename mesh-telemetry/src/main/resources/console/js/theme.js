// Light or dark: the system's choice until the switch says otherwise, then what it says.
import { icon } from './dom.js';

const KEY = 'weft.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(theme) {
  try {
    // Back at the system's own choice, the switch lets it lead again.
    if (theme === systemTheme()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Not kept: it holds until the page is loaded again.
  }
}

const systemTheme = () => (system.matches ? 'dark' : 'light');

function show(theme, button) {
  document.documentElement.dataset.theme = theme;
  const other = theme === 'dark' ? 'light' : 'dark';
  button.replaceChildren(icon(other === 'dark' ? 'moon' : 'sun'));
  button.setAttribute('aria-label', `Switch to ${other}`);
  button.title = `Switch to ${other}`;
  listeners.forEach(listener => listener());
}

/** Calls back after every change of colours, for what is drawn on a canvas. Returns how to stop. */
export function onTheme(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The value of a custom property of tokens.css now. */
export const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function startTheme(button) {
  show(kept() ?? systemTheme(), button);
  button.addEventListener('click', () => {
    const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    keep(theme);
    show(theme, button);
  });
  system.addEventListener('change', () => {
    if (!kept()) show(systemTheme(), button);
  });
}
