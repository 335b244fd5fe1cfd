/**
 * The names of the elements of an XML text, an SVG picture for example, in their order.
 *
 * @throws Error unless every element is closed, in order, and every attribute is quoted.
 */
export function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const rest = xml.replace(/<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/g, (_, closing, name, __, empty) => {
    if (!closing) names.push(name);
    if (!closing && !empty) open.push(name);
    if (closing && open.pop() !== name) throw new Error(`</${name}> closes another element.`);
    return '';
  });
  if (open.length > 0) throw new Error(`Not closed: ${open.join(', ')}.`);
  const stray = /[<&].{0,20}/.exec(rest.replace(/&(amp|lt|gt);/g, ''));
  if (stray !== null) throw new Error(`Neither text nor an element: ${stray[0]}`);
  return names;
}
