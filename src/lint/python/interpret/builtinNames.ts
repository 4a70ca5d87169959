/** Functions of Python that the interpreter may meet without an import. */
export const BUILTINS: ReadonlySet<string> = new Set(
  "abs all any bool classmethod dict enumerate filter float getattr hasattr id int isinstance issubclass iter len list map max min next object print property range repr reversed round set setattr sorted staticmethod str sum super tuple type zip Exception ValueError NotImplementedError TypeError RuntimeError KeyError AssertionError".split(
    " ",
  ),
);
