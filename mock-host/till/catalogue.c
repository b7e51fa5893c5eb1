/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in shop's catalogue. Names go beyond ASCII on purpose: what a real shop sells has accents.
 */
#include "catalogue.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { TAX_STANDARD, TAX_REDUCED, TAX_SUPER };

const struct catalogue_tax catalogue_taxes[] = {
    [TAX_STANDARD] = {"STANDARD", "IVA 21 %", 2100},
    [TAX_REDUCED] = {"REDUCED", "IVA 10 %", 1000},
    [TAX_SUPER] = {"SUPER", "IVA 4 %", 400},
};
const size_t catalogue_tax_count = COUNT_OF(catalogue_taxes);

enum { DEPT_FRUIT, DEPT_BAKERY, DEPT_DAIRY, DEPT_GROCERY, DEPT_DRINKS, DEPT_HOUSEHOLD, DEPT_CAFE };

const struct catalogue_department catalogue_departments[] = {
    [DEPT_FRUIT] = {"FRUIT", "Fruit and vegetables"},
    [DEPT_BAKERY] = {"BAKERY", "Bakery"},
    [DEPT_DAIRY] = {"DAIRY", "Dairy and eggs"},
    [DEPT_GROCERY] = {"GROCERY", "Grocery"},
    [DEPT_DRINKS] = {"DRINKS", "Drinks"},
    [DEPT_HOUSEHOLD] = {"HOUSEHOLD", "Household"},
    [DEPT_CAFE] = {"CAFE", "Café corner"},
};
const size_t catalogue_department_count = COUNT_OF(catalogue_departments);

#define ITEM(id, barcode, name, dept, tax, price_minor, weighed)                                                       \
    {                                                                                                                  \
        id, barcode, name, &catalogue_departments[DEPT_##dept], &catalogue_taxes[TAX_##tax], price_minor, weighed      \
    }

const struct catalogue_item catalogue_items[] = {
    ITEM("101", "8400000001014", "Bananas", FRUIT, SUPER, 189, true),
    ITEM("102", "8400000001021", "Oranges", FRUIT, SUPER, 165, true),
    ITEM("103", "8400000001038", "Tomatoes", FRUIT, SUPER, 249, true),
    ITEM("104", "8400000001045", "Potatoes", FRUIT, SUPER, 129, true),
    ITEM("105", "8400000001052", "Avocado", FRUIT, SUPER, 110, false),
    ITEM("106", "8400000001069", "Lemons, net", FRUIT, SUPER, 195, false),
    ITEM("107", "8400000001076", "Baguette", BAKERY, SUPER, 95, false),
    ITEM("108", "8400000001083", "Wholemeal loaf", BAKERY, SUPER, 245, false),
    ITEM("109", "8400000001090", "Croissant", BAKERY, REDUCED, 120, false),
    ITEM("110", "8400000001106", "Ensaïmada", BAKERY, REDUCED, 260, false),
    ITEM("111", "8400000001113", "Milk, 1 l", DAIRY, SUPER, 105, false),
    ITEM("112", "8400000001120", "Eggs, dozen", DAIRY, SUPER, 289, false),
    ITEM("113", "8400000001137", "Manchego cheese", DAIRY, SUPER, 1890, true),
    ITEM("114", "8400000001144", "Yoghurt, 4 pots", DAIRY, REDUCED, 215, false),
    ITEM("115", "8400000001151", "Butter, 250 g", DAIRY, REDUCED, 279, false),
    ITEM("116", "8400000001168", "Olive oil, 1 l", GROCERY, SUPER, 949, false),
    ITEM("117", "8400000001175", "Rice, 1 kg", GROCERY, REDUCED, 179, false),
    ITEM("118", "8400000001182", "Chickpeas, jar", GROCERY, REDUCED, 135, false),
    ITEM("119", "8400000001199", "Tuna, 3 tins", GROCERY, REDUCED, 345, false),
    ITEM("120", "8400000001205", "Chocolate", GROCERY, REDUCED, 199, false),
    ITEM("121", "8400000001212", "Jamón, sliced", GROCERY, REDUCED, 425, false),
    ITEM("122", "8400000001229", "Salt, 1 kg", GROCERY, REDUCED, 49, false),
    ITEM("123", "8400000001236", "Water, 1.5 l", DRINKS, REDUCED, 65, false),
    ITEM("124", "8400000001243", "Orange juice", DRINKS, REDUCED, 189, false),
    ITEM("125", "8400000001250", "Lemonade", DRINKS, STANDARD, 155, false),
    ITEM("126", "8400000001267", "Beer, 6 cans", DRINKS, STANDARD, 459, false),
    ITEM("127", "8400000001274", "Rioja, bottle", DRINKS, STANDARD, 795, false),
    ITEM("128", "8400000001281", "Cava", DRINKS, STANDARD, 1150, false),
    ITEM("129", "8400000001298", "Detergent, 2 l", HOUSEHOLD, STANDARD, 899, false),
    ITEM("130", "8400000001304", "Kitchen roll", HOUSEHOLD, STANDARD, 325, false),
    ITEM("131", "8400000001311", "Batteries, 4", HOUSEHOLD, STANDARD, 549, false),
    ITEM("132", "8400000001328", "Candles", HOUSEHOLD, STANDARD, 399, false),
    ITEM("133", "8400000001335", "Carrier bag", HOUSEHOLD, STANDARD, 15, false),
    ITEM("134", "8400000001342", "Coffee", CAFE, REDUCED, 140, false),
    ITEM("135", "8400000001359", "Café con leche", CAFE, REDUCED, 170, false),
    ITEM("136", "8400000001366", "Tortilla slice", CAFE, REDUCED, 320, false),
};
const size_t catalogue_item_count = COUNT_OF(catalogue_items);

const struct catalogue_tender catalogue_tenders[] = {
    [CATALOGUE_CASH] = {"CASH", "Cash", "cash"},
    [CATALOGUE_CARD] = {"CARD", "Card", "card"},
    [CATALOGUE_VOUCHER] = {"VOUCHER", "Voucher", "voucher"},
};
const size_t catalogue_tender_count = COUNT_OF(catalogue_tenders);

const struct catalogue_cashier catalogue_cashiers[] = {
    {"1", "Ana"},
    {"2", "Íñigo"},
    {"3", "Zoë"},
};
const size_t catalogue_cashier_count = COUNT_OF(catalogue_cashiers);
