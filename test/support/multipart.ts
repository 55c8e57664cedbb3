/** Bodies of forms with files, written byte by byte: as browsers send them, and as nobody would. */
export const BOUNDARY = 'limite-d-essai';

export type Part = {
  readonly name: string;
  readonly content: string | Buffer;
  /** Of a file. */
  readonly filename?: string;
  /** Lines beside its own. */
  readonly headers?: readonly string[];
};

const quoted = (text: string): string => text.replaceAll('"', '%22');

const bytesOf = ({ name, content, filename, headers = [] }: Part): Buffer => {
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
  const lines = [`Content-Disposition: form-data; name="${quoted(name)}"${file}`, ...headers];
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\n${lines.join('\r\n')}\r\n\r\n`),
    Buffer.from(content as string),
    Buffer.from('\r\n'),
  ]);
};

export const END = `--${BOUNDARY}--\r\n`;

export const multipart = (parts: readonly Part[], end = END): Buffer =>
  Buffer.concat([...parts.map(bytesOf), Buffer.from(end)]);

export const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
