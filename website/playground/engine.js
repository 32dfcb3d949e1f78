// Requests to the worker, as promises; a worker that takes too long is replaced.

export function engineOf({ onStage, onReady, onFailed }) {
  const engine = { worker: null, waiting: new Map(), next: 0, ready: null };

  function start() {
    let resolve;
    engine.ready = new Promise((done) => (resolve = done));
    engine.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    engine.worker.onmessage = ({ data }) => {
      if (data.kind === "stage") onStage(data.stage);
      else if (data.kind === "failed") onFailed(data.error);
      else if (data.kind === "ready") {
        onReady(data.catalogue);
        resolve();
      } else answer(data);
    };
    engine.worker.onerror = (event) => onFailed(event.message || "the worker did not start");
  }

  function answer({ id, result, error, took }) {
    const waiting = engine.waiting.get(id);
    engine.waiting.delete(id);
    if (error) waiting?.reject(new Error(error));
    else waiting?.resolve({ result, took });
  }

  /** Asks the worker, once it has started. */
  engine.ask = async (kind, words = {}) => {
    await engine.ready;
    const id = engine.next++;
    return new Promise((resolve, reject) => {
      engine.waiting.set(id, { resolve, reject });
      engine.worker.postMessage({ kind, id, ...words });
    });
  };

  /** Ends what is calculated, and starts anew. */
  engine.restart = () => {
    engine.worker.terminate();
    for (const { reject } of engine.waiting.values()) reject(new Stopped());
    engine.waiting.clear();
    start();
  };

  start();
  return engine;
}

export class Stopped extends Error {}
