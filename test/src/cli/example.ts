import { join } from "node:path";
import { repositoryRoot } from "../harness/paddlewheel-command.js";

/** The model folder of the example, relative to the repository. */
export const modelFolder = "examples/fit_a_line/uci_housing_model";
export const clientFolder: string = join(repositoryRoot, "examples/fit_a_line/uci_housing_client");

/** One house, and its price. */
export const house: readonly number[] = [
  0.0137, -0.1136, 0.2553, -0.0692, 0.0582, -0.0727, -0.1583, -0.0584, 0.6283, 0.4919, 0.1856, 0.0795,
  -0.0332,
];
export const price = 18.901151657104492;
