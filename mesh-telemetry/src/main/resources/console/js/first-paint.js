// Sets the theme before anything is painted. theme.js has the switch.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem('weft.theme');
  } catch {
    // Storage is off in this browser: the system's choice holds.
  }
  const dark = kept ? kept === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
