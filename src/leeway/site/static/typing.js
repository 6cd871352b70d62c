// What is typed and not yet sent: the server keeps it for its writer while it is typed, where the page says so, and
// nothing stays on this computer. Whoever leaves before it is kept is warned.
const PAUSE = 2000;
const keeps = document.body.hasAttribute("data-keeps-typing");
const address = location.pathname + location.search;

for (const form of document.querySelectorAll("main form[method=post]:not([role=search])")) {
  if (form.querySelector("textarea, select, input:not([type=hidden])")) watch(form);
}

function watch(form) {
  const goes = new URL(form.action);
  const here = keeps && goes.pathname + goes.search === address;
  let unkept = false, sent = false, timer, keeping;

  async function keep() {
    const typed = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    unkept = false;
    try {
      const answer = await fetch(address, { method: "POST", body: typed, headers: { "Leeway-Keep": "1" }, redirect: "error" });
      if (answer.status !== 204) throw new Error(answer.status);
      say();
    } catch {
      unkept = true;
    }
    keeping = undefined;
  }

  function say() {
    let words = form.querySelector("[data-kept]");
    if (!words) {
      words = Object.assign(document.createElement("p"), { className: "govuk-hint" });
      words.setAttribute("role", "status");
      words.setAttribute("data-kept", "");
      form.append(words);
    }
    words.textContent = "What you have typed is kept for you for half an hour. It is not saved yet.";
  }

  form.addEventListener("input", () => {
    unkept = true;
    clearTimeout(timer);
    if (here) timer = setTimeout(() => { keeping = keep(); }, PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (keeping) {  // what is kept must come before what is sent, or it would be offered again
      event.preventDefault();
      await keeping;
      form.requestSubmit(event.submitter);
      return;
    }
    sent = true;
  });
  addEventListener("beforeunload", (event) => { if (unkept && !sent) event.preventDefault(); });
  addEventListener("pageshow", () => { sent = false; });
}
