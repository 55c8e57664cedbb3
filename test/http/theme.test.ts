import { describe, expect, it } from 'vitest';
import { contrastProblems, themeCss } from '../../provider/http/theme.ts';

describe('the contrasts of a theme', () => {
  it('hold for a dark primary and a sustained accent', () => {
    expect(contrastProblems({ primary: '#1d4e5f', accent: '#c8702a' })).toEqual([]);
  });

  it('fail for a primary on which links would not be read, with the ratio and what is required', () => {
    const problems = contrastProblems({ primary: '#f2b84b', accent: '#1d4e5f' });
    expect(problems.map(({ colour, against }) => [colour, against])).toEqual([
      ['primary', 'white'],
      ['primary', 'page'],
    ]);
    expect(problems[0]?.ratio).toBeCloseTo(1.78, 1);
    expect(problems[0]?.required).toBe(4.5);
  });

  it('fail for an accent that a stripe would lose on white', () => {
    const [problem] = contrastProblems({ primary: '#1d4e5f', accent: '#ffe08a' });
    expect(problem).toMatchObject({ colour: 'accent', against: 'white', required: 3 });
  });

  it('are those of WCAG: black on white is 21', () => {
    expect(contrastProblems({ primary: '#ffffff', accent: '#000000' })[0]?.ratio).toBe(1);
    expect(contrastProblems({ primary: '#767676', accent: '#000000' }).map(({ against }) => against)).toEqual(
      ['page'],
    );
  });
});

describe('the stylesheet of a theme', () => {
  it('sets the colours of the caisse, and a text that is read on them', () => {
    const css = themeCss({ primary: '#1D4E5F', accent: '#c8702a' });
    expect(css).toMatch(/^:root\{[^{}<>]+\}\n$/);
    expect(css).toContain('--caisse-primary:#1d4e5f');
    expect(css).toContain('--caisse-on-primary:#ffffff');
    expect(themeCss({ primary: '#ffe08a', accent: '#c8702a' })).toContain('--caisse-on-primary:#14171f');
  });

  it.each(['red', '#fff', '#12345g', '#123456;}body{display:none', '', '#123456\n'])(
    'refuses %j as a colour',
    (primary) => {
      expect(() => themeCss({ primary, accent: '#000000' })).toThrow(RangeError);
    },
  );
});
