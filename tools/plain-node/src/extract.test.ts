import { describe, expect, it } from 'vitest';
import { extractFromDocComments, extractFromMarkdown } from './extract.ts';

const fence = '```';

describe('extractFromMarkdown', () => {
  it('makes a program of every ts block, with each line where it stands in the page', () => {
    const page = `# Title\n\n${fence}ts\nconst a = 1;\n${fence}\n\n${fence}sh\nls\n${fence}\n${fence}ts\nconst b = 2;\n${fence}\n`;
    const programs = extractFromMarkdown('page.md', page);
    expect(programs.map(({ line }) => line)).toEqual([4, 11]);
    expect(programs[0]?.code).toBe('\n\n\nconst a = 1;\nexport {};\n');
    expect(programs[1]?.code.split('\n')[10]).toBe('const b = 2;');
  });

  it('joins a block that starts with "// continued" to the one before it', () => {
    const page = `${fence}ts\nconst a = 1;\n${fence}\ntext\n${fence}ts\n// continued\na;\n${fence}\n`;
    const programs = extractFromMarkdown('page.md', page);
    expect(programs).toHaveLength(1);
    expect(programs[0]?.code).toBe('\nconst a = 1;\n\n\n\n// continued\na;\nexport {};\n');
  });

  it('removes the indentation of a block in a list', () => {
    const programs = extractFromMarkdown('page.md', `- item\n  ${fence}ts\n  if (a) {\n    b;\n  }\n\n  ${fence}\n`);
    expect(programs[0]?.code).toBe('\n\nif (a) {\n  b;\n}\n\nexport {};\n');
  });

  it('refuses a block that never ends', () => {
    expect(() => extractFromMarkdown('page.md', `${fence}ts\nconst a = 1;\n`)).toThrow('page.md');
  });
});

describe('extractFromDocComments', () => {
  it('reads blocks in doc comments and nowhere else', () => {
    const text = `/**\n * Text.\n *\n * ${fence}ts\n * const a = { b: 1 };\n *\n *   a.b;\n * ${fence}\n */\nconst x = \`\n${fence}ts\n${fence}\`;\n`;
    const programs = extractFromDocComments('file.ts', text);
    expect(programs).toHaveLength(1);
    expect(programs[0]).toMatchObject({ line: 5, code: '\n\n\n\nconst a = { b: 1 };\n\n  a.b;\nexport {};\n' });
  });

  it('reads the comments of members', () => {
    const text = `class A {\n  /**\n   * ${fence}ts\n   * 1;\n   * ${fence}\n   */\n  a = 1;\n}\n`;
    expect(extractFromDocComments('file.ts', text)[0]?.code).toBe('\n\n\n1;\nexport {};\n');
  });
});
