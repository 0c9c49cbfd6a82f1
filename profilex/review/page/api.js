// The server: every address is relative to the page's own, which holds the token.

let waiting = 0; // requests that a person waits for

function wait(by) {
  waiting += by;
  document.body.toggleAttribute("data-waiting", waiting > 0);
}

export async function fetched(address, body) {
  const isAsked = !address.startsWith("api/changes/");
  if (isAsked) wait(1);
  try {
    return await answered(address, body);
  } finally {
    if (isAsked) wait(-1);
  }
}

async function answered(address, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(address, { ...options, cache: "no-store", referrerPolicy: "no-referrer" });
  const value = await answer.json().catch(() => ({ error: answer.statusText }));
  if (!answer.ok) throw Object.assign(new Error(value.error || answer.statusText), { status: answer.status, code: value.code });
  return value;
}

export const newId = () => crypto.randomUUID();

// Decisions are sent one after the other, each until it is saved. What cannot be saved stays, and is tried again.
export class Sender {
  constructor(report) {
    this.jobs = [];
    this.report = report; // called with "saving", "saved", "unsaved" and the number of jobs
    this.running = false;
  }

  // `send` returns a promise and is called at each try, so that a repeated one keeps its id; `after` hears the answer
  // before the next job is sent.
  add(job) {
    return new Promise((resolve, reject) => {
      this.jobs.push(Object.assign(job, { resolve, reject }));
      this.run();
    });
  }

  get waits() { return this.jobs.length > 0; }

  async run() {
    if (this.running) return;
    this.running = true;
    while (this.jobs.length) {
      const job = this.jobs[0];
      this.report("saving", this.jobs.length);
      try {
        const answer = await job.send();
        this.jobs.shift();
        if (job.after) job.after(answer);
        job.resolve(answer);
      } catch (error) {
        if (!error.status || error.status === 507 || error.status >= 502) { // not refused: it may succeed later
          this.report("unsaved", this.jobs.length, error);
          this.running = false;
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.run(), 4000);
          return;
        }
        this.jobs.shift();
        job.reject(error);
      }
    }
    this.running = false;
    this.report("saved", 0);
  }
}
