/** What `--help` prints, for the tool and for each command. */

/** The commands. */
export const COMMANDS = ["inspect", "run", "verify", "plan"] as const;

export type CommandName = (typeof COMMANDS)[number];

const MODEL = "MODEL is a path or an http(s) URL of a .keras file, or of what else loadModel reads.";
const SHARED = `  --debug            prints the stack of an error, too
  --help             prints this`;

export const HELP = `keras-ts COMMAND MODEL [options]

  inspect   what is in a file, and whether it runs here
  run       runs a model on arrays of NumPy
  verify    compares a model with what Python Keras gave, layer by layer
  plan      the steps and kernels that a model is compiled to, and their memory

${MODEL}

  --version          prints the version
${SHARED} (keras-ts COMMAND --help: of a command)

Exit status: 0 done · 1 the model cannot run here, or differs · 2 bad usage, or a file that cannot be read.
`;

/** By command. */
export const HELP_OF: Readonly<Record<CommandName, string>> = {
  inspect: `keras-ts inspect FILE [options]

Format and version, sizes, samples and parameters of a file; of a model its summary, and for each backend whether it
runs there, with the layers that do not. cpu is asked; webgl is judged by the sizes of the textures it would need, as
Node has none: how much memory a GPU has is not known. Of a file of weights its arrays. Exit status 1 where it does not
run on cpu.

  --shape N,N,…      shape of an input with the batch, once an input in their order; needed where sizes are unknown.
                     An unknown batch is 1 when left out
${SHARED}
`,
  run: `keras-ts run MODEL INPUT… [options]

INPUT is a .npy, or a .npz with one array an input under its name. Models with several inputs take NAME=FILE for each.
Prints shape, range and first values of each output.

  --output FILE      writes the output as .npy, or all outputs as .npz under their layers' names
  --batch-size N     samples a step; 32 when left out
  --backend NAME     cpu (the only one that runs in Node)
${SHARED}

${MODEL}
`,
  verify: `keras-ts verify MODEL [options]

Runs the samples that "python -m keras_ts_fixtures MODEL --samples 3" recorded: those in the .keras file (--embed), or in
the folder beside it. Prints how near each layer is, and which is the first that differs: exit status 1.

  --samples PATH     a samples.h5, or the folder that has one
  --layers           a line for each layer
  --backend NAME     cpu (the only one that runs in Node; "npx keras-parity FOLDER" has webgl, too)
${SHARED}

${MODEL}
`,
  plan: `keras-ts plan MODEL [options]

Prints the steps that the model is compiled to, with the kernel of each, and the memory they take.

  --shape N,N,…      shape of an input with the batch, once an input in their order; needed where sizes are unknown.
                     An unknown batch is 1 when left out
  --backend NAME     cpu (the only one that runs in Node)
${SHARED}

${MODEL}
`,
};
