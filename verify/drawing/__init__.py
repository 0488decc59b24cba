"""Stage: figures as data. Input: predictions and simulations. Output: records that the telling draws."""
