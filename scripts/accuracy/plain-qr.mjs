// Ordinary least squares as it is done everywhere: Householder's QR in doubles, here that of ml-matrix, and no more.
import { inverse, Matrix, QrDecomposition } from 'ml-matrix';

export function plainQr({ intercept, columns, data }) {
  const rows = [...data.y].map((_, i) => [...(intercept ? [1] : []), ...columns.map((column) => data[column][i])]);
  const [x, y] = [new Matrix(rows), Matrix.columnVector([...data.y])];
  const decomposition = new QrDecomposition(x);
  const beta = decomposition.solve(y);
  const residuals = Matrix.sub(y, x.mmul(beta)).to1DArray();
  const variance = residuals.reduce((sum, r) => sum + r * r, 0) / (x.rows - x.columns);
  const r = inverse(decomposition.upperTriangularMatrix);
  const se = r.to2DArray().map((row) => Math.sqrt(variance * row.reduce((sum, v) => sum + v * v, 0)));
  return { beta: beta.to1DArray(), se };
}
