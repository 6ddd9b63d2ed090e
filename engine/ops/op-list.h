/* Every operator, one line each, alphabetical. PH_OP (symbol) declares `ph_op_symbol`, the
 * PhOpClass that a family file of this folder defines, and lists it. No include guard: the file
 * that includes this one defines PH_OP. */
