/** A text element of an SVG picture. */
export function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}"${attributes && ` ${attributes}`}>${escapeXml(content)}</text>`;
}

/** A coordinate, to a tenth of a pixel. */
export function fixed(coordinate: number): string {
  return coordinate.toFixed(1);
}

/** Text that is no markup. */
export function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
