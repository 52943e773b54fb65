/** A one-page PDF of exactly so many bytes, which says nothing: for asking how large an upload may be. */
export function sizedPdf(bytes: number): Buffer {
  const build = (padding: number) => {
    const objects = [
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>',
      `<< /Length ${padding} >>\nstream\n${' '.repeat(padding)}\nendstream`,
    ];
    let text = '%PDF-1.4\n';
    const offsets = objects.map((object, n) => {
      const offset = text.length;
      text += `${n + 1} 0 obj\n${object}\nendobj\n`;
      return `${String(offset).padStart(10, '0')} 00000 n \n`;
    });
    const size = objects.length + 1;
    const xref = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
    return `${text}${xref}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  };
  // The length of the length is part of the size: the second guess meets it.
  const guess = bytes - build(0).length;
  return Buffer.from(build(guess - (build(guess).length - bytes)), 'latin1');
}
