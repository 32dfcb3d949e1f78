// The file in the fragment of the address: a link shares it, and no server sees it.
//
// `#net=NAME` is a bundled network, `#file=TEXT` a file, compressed, with `&variant=NAME`.  What
// comes out of a link is text for the editor; it is never more than that.

export const MAX_BYTES = 5_000_000; // as cnncalc/limits.py has it
const MAX_FRAGMENT = 2_000_000;

export class BadLink extends Error {}

/** What a fragment names: a network, a file, or nothing. */
export async function readFragment(fragment) {
  const words = new URLSearchParams(fragment.replace(/^#/, ""));
  const [net, file] = [words.get("net"), words.get("file")];
  const variant = words.get("variant") ?? "";
  if (file !== null) return { text: await unpacked(file), variant };
  if (net !== null) return { net, variant };
  return null;
}

/** The fragment of a file. */
export async function fragmentOf(text, variant) {
  const words = new URLSearchParams({ file: await packed(text) });
  if (variant) words.set("variant", variant);
  return `#${words}`;
}

async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpacked(word) {
  if (word.length > MAX_FRAGMENT) throw new BadLink("the file in the link is too large");
  let bytes;
  try {
    const binary = atob(word.replaceAll("-", "+").replaceAll("_", "/"));
    bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    throw new BadLink("the link is damaged: its file is not in base64");
  }
  return decoded(await inflated(bytes));
}

/** Inflates up to the size of a file, whatever the link would inflate to. */
async function inflated(bytes) {
  const parts = [];
  let size = 0;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MAX_BYTES) break;
      parts.push(value);
    }
  } catch {
    throw new BadLink("the link is damaged: its file cannot be unpacked");
  }
  if (size > MAX_BYTES) {
    reader.cancel().catch(() => {});
    throw new BadLink("the file in the link is too large");
  }
  return new Blob(parts).arrayBuffer();
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BadLink("the link is damaged: its file is not text");
  }
}
