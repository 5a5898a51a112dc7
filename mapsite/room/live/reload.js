// Shows the page again as soon as something that it was made from was saved.
(() => {
  const seen = new URL(document.currentScript.src).search;
  const events = new EventSource(`/-/events${seen}`);
  events.onmessage = () => {
    events.close();
    location.reload();
  };
  addEventListener("pagehide", () => events.close());
})();
