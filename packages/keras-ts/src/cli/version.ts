/** The version of the package, as in its `package.json`; a test holds the two together. */
export const VERSION_OF_TOOL = "0.1.0";
