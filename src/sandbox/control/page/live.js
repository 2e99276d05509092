// Shows new requests as they come. Without scripts, the page loads again every 10 seconds.
'use strict';

(() => {
  let wait = null;
  const load = async () => {
    wait = null;
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const main = page.querySelector('main');
      const old = document.querySelector('main');
      // A click, a selection and the focus of the keyboard would be lost.
      const isUsed = old.matches(':active, :focus-within') || !getSelection().isCollapsed;
      if (isUsed) wait = setTimeout(load, 500);
      else if (answer.ok && main) old.replaceWith(main);
    } catch {
      // The sandbox has ended, or the page is being left.
    }
  };
  // Many requests may come at once.
  const soon = () => { wait ??= setTimeout(load, 150); };
  new EventSource('/_sandbox/api/calls/events').addEventListener('call', soon);
  // Orders and notifications change without requests too.
  setInterval(soon, 10_000);
})();
