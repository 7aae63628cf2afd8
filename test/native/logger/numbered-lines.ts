/** What `flood SLOT LINES SIZE` of the driver writes: lines of `size` bytes that begin with their number. */
export const numberedLines = (count: number, size: number): string => {
  const filling = '.'.repeat(size - 9);
  return Array.from({ length: count }, (_, index) => `${String(index).padStart(8, '0')}${filling}\n`).join('');
};
