import { describe, expect, it } from 'vitest';
import { lastPage, listHref, pageItems } from '../../provider/http/pagination.ts';

describe('the pages that a list offers', () => {
  it.each([
    [1, 1, [1]],
    [1, 3, [1, 2, 3]],
    [1, 50, [1, 2, 'gap', 50]],
    [3, 50, [1, 2, 3, 4, 'gap', 50]],
    [4, 50, [1, 2, 3, 4, 5, 'gap', 50]],
    [7, 50, [1, 'gap', 6, 7, 8, 'gap', 50]],
    [47, 50, [1, 'gap', 46, 47, 48, 49, 50]],
    [50, 50, [1, 'gap', 49, 50]],
  ])('on page %i of %i are %j', (current, last, items) => {
    expect(pageItems(current, last)).toEqual(items);
  });

  it('end on the page that holds the last one listed, and an empty list has one page', () => {
    expect(lastPage(500, 10)).toBe(50);
    expect(lastPage(501, 10)).toBe(51);
    expect(lastPage(0, 10)).toBe(1);
  });
});

describe('the address of a list', () => {
  it('says only what differs from the start', () => {
    expect(listHref('/liste', { search: '', page: 1, perPage: 10 }, 10)).toBe('/liste');
    expect(listHref('/liste', { search: 'a&b', page: 2, perPage: 25 }, 10)).toBe(
      '/liste?q=a%26b&page=2&par_page=25',
    );
  });
});
